// An invitation that was scanned: its code comes behind the #, which no server is sent, and goes from
// there into the field and out of the address. Without a script the code is typed.

const field = document.querySelector("#invitation");
const code = new URLSearchParams(location.hash.slice(1)).get("invitation");
if (field && code) {
  if (!field.value) field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
