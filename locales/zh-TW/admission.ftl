# 參加資格：可以報名的借閱證名單、邀請碼與報名連結。用字見 docs/glossary.md。

admission-shut = 這個活動現在不能這樣更改
    .next = 請回到活動頁看目前的狀態。

admission-no-code = 這個邀請碼不能用
    .next = 請對照邀請函再輸入一次，或洽本館。

admission-title = 參加資格
admission-everybody = 這個活動開放所有人報名，不必準備名單。
admission-change = 更改誰可以報名

admission-cards-title = 借閱證名單
admission-cards-count = 名單上的借閱證
admission-cards-what = 名單只保存由號碼算出的代碼，不保存號碼，刪除個資時一起刪除。從資料庫看不出名單上哪張證報了名。
admission-cards-add = 匯入號碼
admission-cards-format = 純文字檔，一行一個號碼；或 CSV，號碼在第一欄，第一行可以是標題。一次最多 { $most } 張，可以分次匯入，已在名單上的會略過。
admission-cards-only-added = 發布後只能增加，不能移除：本來可以參加的人不會被排除。
admission-cards-file = 名單檔案
admission-cards-import = 匯入
admission-cards-paste = 或貼上號碼
admission-cards-paste-label = 一行一個號碼
admission-cards-added = 新增 { $added } 張，{ $known } 張已在名單上。
admission-cards-going = 匯入還在進行。請過一分鐘再打開這一頁：張數會增加到全部匯入為止，完成後操作紀錄會寫下新增張數。
admission-cards-waiting = 還有 { $waiting } 張沒有匯入：個資保險庫每天能算的號碼有限，請明天再匯入同一份檔案。
admission-cards-unreadable = 第 { $lines } 行不是借閱證號碼，請改好再匯入；這次什麼都沒有匯入
admission-cards-empty = 檔案裡沒有號碼，請選一行一個號碼的檔案
admission-cards-many = 一次最多 { $most } 張，請分成幾個檔案
admission-cards-none = 匯入可以參加的借閱證號碼
admission-card-unlisted = 這個號碼不在可以參加的名單上。請對照借閱證再輸入一次；號碼沒錯的話，請洽本館
admission-clear-title = 清空名單
admission-clear-sure = 我要把名單上的借閱證全部移除
admission-clear-sure-empty = 請勾選，確定要清空名單
admission-clear = 清空名單

admission-codes-title = 邀請碼
admission-codes-what = 系統只保存邀請碼的指紋，用過就刪除，不記錄哪一筆報名用了哪個碼。撤回報名不會退還邀請碼。
admission-codes-made-at = 產生
admission-codes-used = 用過
admission-codes-unused = 還沒用
admission-codes-withdrawn = 收回
admission-codes-withdraw-sure = 我確定收回這一批還沒用的 { $count } 個碼，收到的人不能再用
admission-codes-withdraw-unsure = 請先勾選確定，再收回
admission-codes-withdraw = 收回還沒用的
admission-codes-make = 產生邀請碼
admission-codes-once = 邀請碼只顯示這一次，請馬上列印或下載；遺失的話，收回那一批再產生新的。
admission-codes-count = 數量
admission-codes-count-hint = 一批最多 { $most } 個，可以產生很多批
admission-codes-count-unfit = 數量要在 1 到 { $most } 之間
admission-codes-print = 產生並列印
admission-codes-csv = 產生並下載 CSV
admission-code-unfit = 請輸入邀請函上的邀請碼，共 21 個字；有一個字可能打錯了
admission-code-unknown = 這個邀請碼不能用：可能已經用過、被收回，或屬於別的活動。有疑問請洽本館
admission-sheet-title = 邀請函
admission-sheet-once = 這一頁離開後就不會再出現。列印後沿虛線剪開。
admission-sheet-qr = 邀請碼的 QR 碼
admission-sheet-how = 掃描，或到這個網址輸入邀請碼，只能用一次：

admission-link-title = 先確認電子郵件
admission-link-lead = 報名這個活動需要可以收信的電子郵件。請輸入信箱，我們寄一個連結給您，從連結進入報名表。
admission-link-hint = 報名表要填同一個信箱。這一步不保存您的地址
admission-link-send = 寄給我連結
admission-link-sent-title = 連結已寄出
admission-link-sent-lead = 請打開信箱，按信裡的連結進入報名表。連結 24 小時內有效；報名到 { $closes } 截止。
admission-link-sent-none = 幾分鐘後還沒收到，請看看垃圾信件匣，或確認地址沒有打錯。同一個信箱一天最多寄三封。
admission-link-again = 再寄一次
admission-link-refused = 郵件伺服器不收這個地址，請檢查後再輸入一次
admission-link-not-now = 現在無法寄信，您輸入的地址還在，請過幾分鐘再按一次。
admission-link-old = 這個連結已經失效：連結 24 小時內有效。請重新索取。
admission-link-good-title = 電子郵件已確認
admission-link-good-lead = 請繼續填寫報名表，並填入收到這封信的信箱。
admission-link-go = 填寫報名表
admission-link-other = 這不是收到連結的信箱。請填入收到信的地址，或回活動頁用這個地址重新索取連結
admission-link-gone = 報名表開著超過了連結的期限，或不是從信裡的連結打開的。請回活動頁重新索取連結
admission-email-what = 報名的人先輸入信箱，系統寄出連結，從連結才能打開報名表；表上的信箱必須是收到連結的那一個。連結 24 小時內有效，寄信前後都不保存地址。
admission-email-no-server = 本站還沒有設定郵件伺服器，連結寄不出去，沒有人能報名。請管理員先設定 smtp_url。

admission-mail-subject = 【{ $library }】報名連結
admission-mail-link = 有人用這個地址索取「{ $title }」的報名連結。如果是您，請在 24 小時內打開下面的連結，並填寫報名表：
admission-mail-closes = 報名到 { $closes } 截止。
admission-mail-not-you = 如果不是您，不必理會這封信。我們沒有保存這個地址，也不會再寄信給您。
