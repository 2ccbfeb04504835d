"""Pages for organizations: a control room with drill-down."""
