/** Settings that name an existing cluster. */
export const EXISTING = {
  kafkaClusterArn:
    "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/01234567-89ab-cdef-0123-456789abcdef-7",
  kafkaSubnets: "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
  kafkaSecurityGroup: "sg-0123456789abcdef0",
} as const;
