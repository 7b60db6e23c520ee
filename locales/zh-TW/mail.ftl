# 給得獎者的信。不放連結，不要求任何資料。

mail-subject-won = 【{ $library }】抽獎得獎通知
mail-subject-promoted = 【{ $library }】抽獎遞補通知
mail-subject-reminder = 【{ $library }】領獎期限提醒
mail-greeting = { $name } 您好：
mail-greeting-reader = 您好：
mail-won = 您參加的「{ $title }」已公開抽出，您是得獎者，獎項是「{ $prize }」。
mail-promoted = 您參加的「{ $title }」有得獎者放棄或逾期，依抽出的順序由您遞補，獎項是「{ $prize }」。
mail-reminder = 您參加的「{ $title }」得獎後還沒有領獎，獎項是「{ $prize }」。期限快到了。
mail-duplicate = 「{ $title }」中，和您這筆報名同一位報名者的另一筆報名得獎，獎項是「{ $prize }」，還沒有領獎。若您就是得獎者，請在期限前領獎。
mail-ticket = 您的號碼：{ $ticket }
mail-deadline = 領獎期限：{ $deadline }，逾期視同放棄，由備取依序遞補。
mail-how = 請本人攜帶證件正本到本館服務臺領獎。館員只會核對證件，不會留下影本。
mail-decline = 不便前來或想放棄，請來電 { $phone }。
mail-tax-listed = 這個獎項依所得稅法列入年度所得，領獎時會請您填寫申報資料。
mail-tax-withheld = 這個獎項依所得稅法須先扣繳稅款，領獎時會向您說明，並請您填寫申報資料。
mail-check-title = 怎麼確認這封信是真的
mail-check-site = 請自行在瀏覽器輸入 { $host }，到「查詢我的報名」輸入您的回條密碼。這封信沒有連結，也不需要回信。
mail-check-phone = 或撥打本館電話 { $phone } 詢問。
mail-check-money = 本館絕不會以任何名義請您匯款、操作提款機，也不會詢問信用卡或帳戶。
mail-check-165 = 有疑問可撥 165 反詐騙諮詢專線。
mail-why = 您收到這封信，是因為您報名了 { $library } 的「{ $title }」，並同意得獎時以電子郵件通知。
mail-purge = 您的個人資料會在 { $purge }刪除。
mail-contact = 電話 { $phone }　電子郵件 { $email }
mail-subject-incident = 【{ $library }】個人資料重要通知
mail-incident = 您報名過 { $library } 的「{ $title }」。依個人資料保護法第 12 條，我們要告訴您下面這件事。
mail-incident-why = 您收到這封信，是因為您報名「{ $title }」時把這個電子郵件留給 { $library }。這封信只寄一次。
