"""岗位: rights belong to posts; a person holds a post from a day until a day."""
