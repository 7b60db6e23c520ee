# Signing in by a provider elsewhere, and what can go wrong on the way.

openid-away = { $name }目前沒有回應。
    .next = 請過幾分鐘再試。有通行密語的人可以先用通行密語登入。
openid-unusable = { $name }的回應無法使用。
    .next = 需由網站維護者處理，fairdraw check 會說明原因。有通行密語的人可以先用通行密語登入。
openid-left = { $name }沒有完成登入，就返回這裡。
    .next = 如果是自己取消的，不必處理。否則請向對方確認可否登入本站。
openid-refused = { $name }沒有確認這次登入。
    .next = 請從這裡重新開始。如果每次都如此，請告訴圖書館。
openid-strayed = 這次登入是從另一個瀏覽器開始的、已經用過，或超過 15 分鐘。
    .next = 請從這裡重新開始。如果瀏覽器封鎖本站的 cookie，請先允許。
openid-other-issuer = 送來的網站不是{ $name }，所以沒有登入。
    .next = 請從這裡重新開始，不要點別人提供的登入連結。
openid-token = { $name }送來的資料不屬於這次登入，所以沒有登入。
    .next = 請從這裡重新開始。如果每次都如此，請告訴圖書館。
