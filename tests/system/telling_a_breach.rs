//! An incident: who is affected, who is told, by when.
