//! What a log sends to a witness: the body of `add-checkpoint` (C2SP tlog-witness).
//!
//! Invariant: `parse` accepts exactly what `to_text` writes for at most [`MOST_HASHES`] hashes.
//!
//! Not here: what the witness makes of it ([`super::Witness`]).

use data_encoding::BASE64;
use lucky_draw::encode::Hash;

/// Most lines of a consistency proof that the protocol allows.
const MOST_HASHES: usize = 63;

/// A checkpoint, and the proof that it extends the one the witness saw last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Size of the checkpoint that the witness is believed to have seen last; 0 for none.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint as a signed note.
    pub checkpoint: String,
}

impl Submission {
    /// The body of the request.
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&BASE64.encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads the body of a request; the checkpoint is not looked at.
    pub fn parse(text: &str) -> Option<Submission> {
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = lines.next()?.strip_prefix("old ")?.parse().ok()?;
        let proof = lines.map(hash).collect::<Option<Vec<_>>>()?;
        let read = Submission {
            old,
            proof,
            checkpoint: checkpoint.to_owned(),
        };
        (read.proof.len() <= MOST_HASHES && read.to_text() == text).then_some(read)
    }
}

fn hash(line: &str) -> Option<Hash> {
    let bytes = BASE64.decode(line.as_bytes()).ok()?;
    bytes.try_into().ok().map(Hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The request of the specification, with a short proof.
    const EXAMPLE: &str = "old 20852014\n\
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
        \n\
        example.com/behind-the-sofa\n\
        20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
        \n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

    #[test]
    fn the_request_of_the_specification_is_read_and_written() {
        let read = Submission::parse(EXAMPLE).expect("it is well formed");
        assert_eq!((read.old, read.proof.len()), (20_852_014, 2));
        assert!(read.checkpoint.starts_with("example.com/behind-the-sofa\n"));
        assert_eq!(read.to_text(), EXAMPLE);
    }

    #[test]
    fn nothing_but_the_one_form_is_read() {
        let changed = |from: &str, to: &str| EXAMPLE.replacen(from, to, 1);
        let too_long = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n".repeat(62);
        for wrong in [
            String::new(),
            changed("old ", ""),
            changed("old 2", "old 02"),
            changed("old 2", "old +2"),
            changed("old 20852014", "old 99999999999999999999"),
            changed("\n", "\r\n"),
            changed("PlRN", "PlR"),
            changed("pkaw=", "pkaw"),
            changed("jrJZ", &format!("{too_long}jrJZ")),
            changed("\n\n", "\n"),
        ] {
            assert_eq!(Submission::parse(&wrong), None, "{wrong:?}");
        }
    }
}
