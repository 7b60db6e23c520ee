# Two of three librarians.
