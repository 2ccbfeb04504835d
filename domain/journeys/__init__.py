"""The journey language and its engine: definitions are data, the engine is a pure function over one state value."""
