/** Settings of an existing broker of Amazon MQ. */
export const BROKER = {
  rabbitmqBrokerArn: "arn:aws:mq:us-east-1:123456789012:broker:shop:b-12345678-1234-1234-1234-123456789012",
  rabbitmqHost: "b-12345678-1234-1234-1234-123456789012.mq.us-east-1.on.aws",
  rabbitmqSecretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-a1b2c3",
  rabbitmqSubnets: "subnet-12345678",
  rabbitmqSecurityGroup: "sg-12345678",
};
