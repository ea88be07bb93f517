"""Goals, marketing spend and marks: what people decide, and what others read of it.

Whatever changes here asks the worker to publish the commercial data anew, since goals and spend are part of them.
"""
