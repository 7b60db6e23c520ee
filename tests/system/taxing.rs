//! The tax vault: who must be listed, who is erased after filing.
