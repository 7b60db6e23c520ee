//! Roles of staff, and what each may do.
//!
//! Not here: what a permission opens in another domain.

/// What a member of staff is trusted with. Roles are no ladder: only [`Role::includes`] says which
/// one has another inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs activities and draws.
    Librarian,
    /// That, what a privacy officer does, and exports, the staff and the record.
    Admin,
    /// Answers for personal data: holds, disclosures, incidents, requests of people.
    PrivacyOfficer,
    /// Reads and files what the tax vault holds; nothing else, and nobody else.
    Accountant,
    /// Comes from outside and looks for the people behind tickets; nothing else.
    Auditor,
}

/// One thing a role may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Prepare, publish, cancel; look after entries, winners and claims.
    RunActivities,
    /// Close a list and run its draw.
    Draw,
    /// Take contact data of winners out of the vault as a file.
    Export,
    /// Invite staff, change roles, disable accounts.
    ManageStaff,
    /// Read and check the record.
    SeeAudit,
    /// Say whether a person was found behind a ticket. No member of the library may.
    Inspect,
    /// Propose or approve that named rows outlive the purge.
    HoldData,
    /// Propose or approve that named rows are handed to somebody outside; look after incidents.
    ApproveDisclosure,
    /// Answer what people ask about their own data.
    AnswerRequests,
    /// Read the tax vault of a year and file from it.
    FileTax,
}

impl Role {
    /// All, in the order of the form.
    pub const ALL: [Role; 5] = [
        Role::Librarian,
        Role::Admin,
        Role::PrivacyOfficer,
        Role::Accountant,
        Role::Auditor,
    ];

    /// The role's name in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Role::Librarian => "librarian",
            Role::Admin => "admin",
            Role::PrivacyOfficer => "privacy_officer",
            Role::Accountant => "accountant",
            Role::Auditor => "auditor",
        }
    }

    /// The role of that name.
    pub fn of_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether whoever has this role has the other one too. An admin is no accountant: the tax
    /// vault is read by those who file from it, and by no other.
    pub fn includes(self, other: Role) -> bool {
        let inside_admin = matches!(other, Role::Librarian | Role::PrivacyOfficer);
        self == other || self == Role::Admin && inside_admin
    }

    /// What the role allows; drawing and exporting are separate on purpose.
    pub fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::RunActivities | Permission::Draw => self.includes(Role::Librarian),
            Permission::HoldData | Permission::ApproveDisclosure | Permission::AnswerRequests => {
                self.includes(Role::PrivacyOfficer)
            }
            Permission::Export | Permission::ManageStaff | Permission::SeeAudit => {
                self == Role::Admin
            }
            Permission::FileTax => self == Role::Accountant,
            Permission::Inspect => self == Role::Auditor,
        }
    }
}
