"""Lists: which objects a request asks for, in which order, and which part of them."""
