"""Charts that answer at a touch: values, seeds, toggled schemes, linked cursors. They need Bokeh,
the `page` extra; nothing else of a page does."""
