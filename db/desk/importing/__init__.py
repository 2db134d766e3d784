"""A spreadsheet of people taken into a book, all of it or nothing."""
