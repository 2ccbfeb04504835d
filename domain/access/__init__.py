"""Who may do what: the one statement of the policy.

`permissions` names every act of every portal, `roles` says which roles hold them, `rows` what the database shows to
whom. From here come the checks of the use cases, the policies of the database and the published access matrix.
"""
