"""The chat page: `python -m ui`. It shows what the assistant says and knows nothing of how an answer comes about.

markup, render: Answer → HTML, pure. look: theme and style sheet. app: the page's parts and events. serve: the page on
127.0.0.1, and what a browser may do with it.
"""
