//! Tables of periods of keeping, versions of notices and processors (`policy`).
