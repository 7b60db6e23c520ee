//! What a person does with a receipt: sees, copies, corrects, withdraws, erases.
