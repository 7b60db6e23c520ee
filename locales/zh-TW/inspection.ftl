# 報名抽查：館外稽核人查看抽樣的號碼背後是不是真的有人。

inspection-unknown = 找不到這個號碼的抽查
    .next = 請回到抽查頁，從清單選號碼。
inspection-purged = 個人資料已刪除，不能再抽查
    .next = 已簽章的抽查結果在公開抽獎頁。
inspection-moved = 這次抽查已經開始，或已經簽章
    .next = 請重新整理頁面，看目前的狀態。
inspection-incomplete = 還有號碼沒有查
    .next = 每個號碼都要有結果，才能簽章。

inspection-title = 報名抽查
inspection-list-title = 可以抽查的抽獎
inspection-none = 目前沒有可以抽查的抽獎：要在抽出之後、刪除個資之前。
inspection-open = 可以抽查
inspection-lead = 由同一個種子抽出號碼，館外稽核人查看每個號碼背後是不是真的有人。圖書館和稽核人都不能挑號碼。
inspection-only-auditor = 只有「館外稽核人」角色能登記結果；館員可以看，不能改。
inspection-how = 怎麼做
inspection-how-1 = 開始之後會列出號碼。請圖書館公告，請這些號碼的報名人帶證件來，時間和地點一起公告。
inspection-how-2 = 本人到場時，輸入證件上的號碼；系統只回答符合或不符合，不顯示任何人的資料。
inspection-how-3 = 都查完後簽章，結果會公開並放進紀錄檔。
inspection-nobody = 這場抽獎沒有參加的號碼，不用抽查。
inspection-size-label = 要查幾個號碼
inspection-size-empty = 請選擇要查幾個號碼
inspection-size = { $size } 個
inspection-size-hint = 如果全部查到人，有 95% 的把握，沒有人的號碼少於 { $fewer } 個。
inspection-size-all = 全部 { $size } 個
inspection-size-all-hint = 每個號碼都查，沒有機率問題。
inspection-begin = 開始抽查
inspection-sample = 抽查的號碼
inspection-sample-what = 順序由抽獎的種子決定，任何人都可以重算。
inspection-outcome = 結果
inspection-found = 查到本人
inspection-missing = 沒有人
inspection-not-yet = 還沒查
inspection-proves = 依目前的結果，有 95% 的把握：{ $size } 個號碼中，沒有人的少於 { $fewer } 個。
inspection-sign = 簽章並公開
inspection-sign-what = 簽章後不能再改。會公開每個抽查號碼的結果，以及號碼超過上限的人數；不含任何個人資料。
inspection-sure = 我親自查過以上每個號碼，結果正確
inspection-sure-empty = 請確認每個號碼都由您查過
inspection-signed = 已簽章
inspection-signed-what = 抽查結果已公開，並放進紀錄檔。

inspection-ticket = 號碼 { $ticket }
inspection-ticket-lead = 請本人出示證件，輸入證件上的號碼。輸入的內容只用來比對，不會儲存。
inspection-ticket-hint = 照證件輸入，可以有空格
inspection-compare = 比對
inspection-no-match = 和這個號碼的報名人不符，請再對照證件輸入一次
inspection-found-what = 本人來過，證件與報名相符。
inspection-nobody-came = 沒有人來
inspection-nobody-came-what = 公告的時間過了仍沒有人來，才登記。之後本人來了，還可以改成查到。
inspection-mark-missing = 登記為沒有人

inspection-public-title = 報名抽查
inspection-public-what = 館外稽核人依種子抽查了 { $size } 個號碼中的 { $sample } 個，其中 { $missing } 個沒有找到人。
inspection-public-bound = 這表示：有 95% 的把握，沒有真人的號碼少於 { $percent }%（少於 { $fewer } 個）。
inspection-public-whole = 每個號碼都查過：沒有真人的號碼正好 { $missing } 個。
inspection-public-over-cap = 有 { $count } 人的號碼超過每人上限。
inspection-public-no-over-cap = 整份名冊沒有人的號碼超過每人上限。

audit-act-inspection-begun = 開始報名抽查
audit-act-inspection-found = 抽查：查到本人
audit-act-inspection-missing = 抽查：沒有人
audit-act-inspection-differed = 抽查時證號不符
audit-act-inspection-signed = 報名抽查簽章並公開
