# 場次與名額：民眾看到的，和館員看到的。

seats-unknown = 找不到這個場次或名額
    .next = 請回到活動頁重新選擇。
seats-cancelled = 這一場已經取消
    .next = 請看活動頁上的說明，或改選其他場次。
seats-begun = 這一場已經開始
    .next = 請改選還沒開始的場次。
seats-full = 這一場已經額滿
    .next = 請改選其他場次。
seats-again = 這個證號已經報名這一場
    .next = 如果是您，請用回條密碼查詢我的報名。
seats-enough = 這個證號的場次已經報滿
    .next = 如果是您，請用回條密碼查詢我的報名。
seats-twice = 這筆報名剛剛已經收下
    .next = 請用回條密碼查詢。
seats-moved = 名額的狀態剛剛變了
    .next = 請重新整理，看過最新的狀態後再試一次。

## 報名表

seats-part-session = 想參加哪一場
seats-label-session = 場次
# $when 日期和時間
seats-hint-session = 名額是 { $when } 的情形，送出時才確定。
# $title 場次名稱，$when 日期和時間
seats-named = { $title }，{ $when }
# $place 地點，$free 名額的情形
seats-choice-hint = { $place }。{ $free }
# $session 場次名稱與時間，$place 地點
seats-picked = { $session }，{ $place }
# $free 還有幾個名額，$capacity 全部名額
seats-free = 還有 { $free } 個名額（共 { $capacity } 個）
# $waiting 目前候補人數
seats-full-line = 額滿，可排候補（目前 { $waiting } 人候補）
seats-full-all = 額滿，候補也滿了
seats-full-no-line = 額滿
seats-label-wait = 額滿時排候補
seats-wait = 如果這一場額滿，請幫我排候補
seats-hint-wait = 有人還回名額時，依排隊順序通知您，在期限內答應才算數。不勾選的話，額滿就不報名。
seats-wait-yes = 要
seats-wait-no = 不要
seats-pick-missing = 請選擇想參加的場次
# $session 場次名稱與時間
seats-refused-cancelled = 「{ $session }」已經取消，請改選其他場次
seats-refused-begun = 「{ $session }」已經開始，請改選其他場次
seats-refused-full-line = 「{ $session }」已經額滿。要排候補請勾選下面的「如果這一場額滿，請幫我排候補」，或改選其他場次
seats-refused-full = 「{ $session }」已經額滿，候補也滿了，請改選其他場次
seats-refused-no-line = 「{ $session }」已經額滿，請改選其他場次
seats-just-now = 剛剛額滿，現在又有名額了，請再送出一次
seats-known-card = 這張借閱證已經報名過
seats-known = 這個證號或聯絡方式已經報名過
seats-known-title = 已經報名過
# $page 連到查詢我的報名
seats-known-way = 如果是您，請到{ $page }，用回條密碼看您的名額。不是您報名的話，請聯絡本館，我們會協助您。

## 回條與我的報名

seats-own-title = 您的名額
seats-own-number = 場次號碼
seats-own-session = 場次
seats-own-when = 時間
seats-own-place = 地點
seats-own-held = 名額已經保留給您。當天請出示場次號碼和證件，或這張回條。
# $rank 候補第幾位
seats-own-waiting = 這一場額滿，您是候補第 { $rank } 位。順序是報名先後，前面有人離開，您就往前一位。
# $hours 幾小時
seats-own-waiting-then = 輪到您時，這一頁會顯示名額，也會寄信通知（有留電子郵件的話）。您有 { $hours } 小時可以答應，最晚到這一場開始。
# $until 日期和時間
seats-own-offered = 有名額了。請在 { $until } 前答應，逾時會讓給下一位。
seats-own-returned = 您已經還回名額，或離開候補。
seats-own-declined = 您沒有要這個名額，已經讓給下一位。
# $until 日期和時間
seats-own-expired = { $until } 前沒有收到您的回覆，名額已經讓給下一位。報名還開放的話，可以再報名一次。
# $reason 取消的原因
seats-own-cancelled = 這一場取消了：{ $reason }
seats-own-other = 報名還開放的話，可以改報其他場次，不必先還回這個名額。
seats-own-missed = 這一場已經開始，候補沒有輪到您。
# $reason
seats-own-taken-back = 本館收回了這個名額。原因：{ $reason }
seats-own-taken-back-then = 如果有誤，請在場次開始前打電話或到櫃臺說明，並準備場次號碼。
seats-own-came = 您已經報到。
# $until 日期和時間
seats-own-back-until = { $until } 前可以還回名額，讓候補的人參加。
seats-accept = 我要這個名額
seats-give-back = 還回名額
seats-leave-line = 離開候補
seats-decline = 不要這個名額
seats-back-title = 要還回名額嗎？
seats-leave-title = 要離開候補嗎？
seats-decline-title = 不要這個名額嗎？
seats-back-passes = 名額會馬上讓給候補的第一位，沒有人候補時開放報名。
seats-leave-passes = 後面的人會往前一位。
seats-back-again = 之後想參加，要重新報名，從最後面排起。
seats-back-keep = 不，留著
seats-step-starts = 場次開始
seats-receipt-why = 用回條密碼查詢、答應或還回名額，也可以報到。這一頁關閉後不會再顯示，請列印或抄下來。
seats-receipt-back = { $until } 前不能來的話，請到{ $find }還回名額。
seats-receipt-waits = 已排入候補，還沒有名額
seats-receipt-wait = 輪到您時，到{ $find }答應，名額才是您的。有留電子郵件的話，也會寄信通知。還沒有名額時請不要到場。
seats-receipt-late = 這一場快開始了，名額不能再還回。不能來的話，請告訴本館。
seats-receipt-come = { $starts } 開始，請出示場次號碼和證件，或這張回條。

seats-consent-missing = 報名需要勾選同意。不同意就不能報名，不影響您使用圖書館的其他服務
seats-check-then = 送出後會拿到回條。用回條密碼可以查看名額、還回名額，或離開候補。
seats-own-data-why = 只有您的回條密碼打得開這一份；館員看不到您的聯絡資料。
seats-own-erased = 您在 { $at }要求刪除，聯絡資料和問卷答案已經刪除。名額還在，請記得場次號碼；之後的消息請自己到這一頁查看。
seats-erase-stays = 名額、場次號碼和辨認同一人的代碼留到{ $date }，報到時需要它。要讓出名額，請改用還回名額。
## 活動頁

seats-sessions = 場次
seats-column-session = 場次
seats-column-when = 時間
seats-column-where = 地點
seats-column-free = 名額
# $when 日期和時間
seats-as-of = 名額是 { $when } 的情形。
seats-session-over = 已經開始
# $reason 取消的原因
seats-session-cancelled = 取消：{ $reason }
seats-rules-title = 名額怎麼給
seats-rule-first = 先送出的先得。名額在送出成功時才確定，不會超收。
# $count 幾場
seats-rule-per-person = { $count ->
    [1] 每人一場。
   *[other] 每人最多 { $count } 場，每一場各報名一次。
 }
# $hours 幾小時
seats-rule-back = { $hours ->
    [0] 開始前都可以用回條密碼還回名額。
   *[other] 開始前 { $hours } 小時為止，可以用回條密碼還回名額。
 }
seats-rule-line = 額滿後依報名先後候補。有人還回名額，系統馬上依順序通知下一位，{ $hours } 小時內要答應。

## 館員：草稿

seats-plan-title = 場次與名額
seats-plan-none = 還沒有場次。
seats-plan-add = 新增場次
seats-plan-remove = 移除
seats-plan-line = 候補 { $places } 位
seats-plan-places = { $capacity } 個名額
seats-plan-by-lot = 每一場各抽一次：名額是獎項，候補就是備取。每人選一場。
seats-terms-title = 每一場都一樣的規則
seats-per-person = 每人最多幾場
seats-back-hours = 開始前幾小時為止可以還回名額
seats-back-hours-hint = 0 是到開始為止。
seats-offer-hours = 候補輪到時，幾小時內要答應
seats-offer-hours-hint = 最晚到場次開始。
seats-save = 儲存
seats-session-title = 場次
seats-title-zh = 場次名稱（中文）
seats-title-en = 場次名稱（英文）
seats-place-zh = 地點（中文）
seats-place-en = 地點（英文）
seats-starts = 開始時間
seats-capacity = 名額
seats-waiting-places = 候補名額
seats-waiting-places-hint = 額滿後最多幾人排候補；0 是不收候補。發布時會連同名額告訴保險庫：通知信最多只寄給這麼多人。
seats-trouble-title = 請輸入中文和英文的場次名稱
seats-trouble-place = 請輸入中文和英文的地點
seats-trouble-starts = 場次要在報名開始之後；用抽的話，要在抽獎之後
seats-trouble-capacity = 請輸入名額，1 到 100000 之間的整數
seats-trouble-waiting = 請輸入候補名額，0 到 100000 之間的整數
# $from 和 $to 是範圍
seats-trouble-per-person = 請輸入每人最多幾場，{ $from } 到 { $to } 之間的整數
seats-trouble-back = 請輸入可以還回名額的時數，{ $from } 到 { $to } 之間的整數
seats-trouble-offer = 請輸入答應的時數，{ $from } 到 { $to } 之間的整數
seats-problem-none = 請至少新增一個場次

## 館員：進行中

seats-running-title = 場次、候補與報到
seats-list-title = 名單
seats-list-why = 只有號碼、小時和狀態；聯絡資料不顯示。通知信由保險庫寄出。
seats-figure-held = 有名額
seats-figure-offered = 等待答應
seats-figure-waiting = 候補
seats-figure-came = 已報到
seats-state-cancelled = 場次取消
seats-state-missed = 沒有輪到
seats-state-held = 有名額
seats-state-waiting = 候補
seats-state-offered = 等待答應
seats-state-returned = 已還回
seats-state-declined = 沒有要
seats-state-expired = 逾時
seats-state-taken-back = 已收回
seats-list-number = 場次號碼
seats-list-hour = 報名時間
seats-list-state = 狀態
seats-list-door = 報到
seats-list-empty = 還沒有人報名這一場。
seats-offered-until = { $until } 前答應
seats-came = 已報到
seats-undo = 取消報到
seats-csv = 下載門口用的名單（CSV）
seats-door-title = 報到
seats-door-lead = 輸入場次號碼和證件上的完整證號，由保險庫比對；或輸入回條密碼。
seats-hint-number = 例如 12-7
seats-door-or = 或回條密碼
seats-door-button = 報到
seats-door-nothing = 請輸入場次號碼和證件上的證號，或回條密碼
# $at 日期和時間
seats-door-marked = 這個號碼在 { $at } 已經報到，請確認是不是同一個人。標錯的話，請先在下面的名單取消報到
seats-door-number = 這一場沒有這個號碼的名額，請再對照一次回條
seats-door-no-match = 和這個號碼的報名資料不符，請再對照證件輸入一次
seats-door-code = 這個回條密碼不是這一場的名額，請再對照一次
seats-more-title = 增加名額
seats-more-lead = 只能增加。增加的名額會馬上依順序通知候補的人。
seats-more-button = 增加
# $least 現在的數字
seats-more-capacity = 請輸入名額，不能少於現在的 { $least }
seats-more-line = 請輸入候補名額，不能少於現在的 { $least }
seats-cancel-title = 取消這一場
seats-cancel-lead = 取消後不能恢復。有名額和候補的人都會收到通知，原因會公開在活動頁。
seats-cancel-reason = 公開的原因
seats-cancel-reason-missing = 請輸入公開的原因，民眾會看到
seats-cancel-sure = 我確定要取消這一場
seats-cancel-sure-missing = 確定要取消的話，請勾選確認
seats-cancel-button = 取消這一場
seats-take-title = 收回名額
seats-take-lead = 遇到冒名或大量亂填的報名時使用，候補也可以收回。名額馬上依順序通知候補的下一位，收回後不能恢復。對方留了電子郵件就會收到通知，用回條密碼也查得到原因。
seats-take-reason = 收回的原因
seats-take-reason-hint = 本人會看到，也會留在稽核紀錄；請不要寫姓名或證號。
seats-take-reason-missing = 請輸入收回的原因，本人會看到
seats-take-reason-long = 請縮短收回的原因，最多 200 個字
seats-take-nobody = 這一場沒有這個號碼的名額或候補，請再對照一次名單
seats-take-came = 這個號碼已經報到；標錯的話，請先在名單取消報到
seats-take-sure = 我確定要收回這個名額
seats-take-sure-missing = 確定要收回的話，請勾選確認
seats-take-button = 收回名額
seats-letters-title = 通知信
seats-letters-waiting = 等待寄出
seats-letters-sent = 已寄出
seats-letters-uncertain = 不確定有沒有寄到
seats-letters-refused = 沒有寄出，請改用其他方式公告
seats-letters-no-address = 沒有留電子郵件
seats-letters-dropped = 不需要了
seats-sheet-number = 場次號碼
seats-sheet-hour = 報名時間
seats-sheet-state = 狀態
seats-sheet-came = 報到
seats-sheet-yes = 是
