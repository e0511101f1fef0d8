"""How the batch was made, and what that says about purity and yield."""
