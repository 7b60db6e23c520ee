DROP TABLE discussion_posts;
DROP TABLE discussions;
