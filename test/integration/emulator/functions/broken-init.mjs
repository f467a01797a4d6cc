throw new SyntaxError("the module does not load");
