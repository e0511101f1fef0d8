"""The files beside the page: JSON, workbook, CSV, RO-Crate, methods text and references."""
