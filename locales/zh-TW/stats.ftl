# 統計。

stats-title = 統計
stats-lead = 只列人數，不列任何一個人的資料。少於 { $threshold } 人的合併或不公布，其餘各自四捨五入到 { $base } 的倍數；文字回答不公布。
# $time 日期和時間
stats-due = 以下的表在開放報名前就已列出，會在 { $time } 之後統計一次並公布；在那之前沒有人看得到數字。
stats-people = 共約 { $count } 人。
stats-several = 一人可選多項，各項相加會超過人數。
stats-column-line = 項目
stats-column-count = 人數
stats-withheld = 不公布
stats-other = 其他
# $other 其他，$count 合併的項目數
stats-other-of = { $other }（合併 { $count } 項）
stats-not-said = 未填
stats-too-few = 少於 { $threshold } 人，不公布。
stats-not-published = 這張表不公布：公布後會有人能推知少於 { $threshold } 人的數字。
stats-none = 這個活動沒有要統計的項目。
stats-chart = { $title } 的長條圖；下方的表有同樣的數字
stats-open-data = 開放資料
# $source 圖書館，$title 活動，$licence 授權
stats-source = 引用時請註明出處：{ $source }，「{ $title }」活動統計（{ $licence }）。
stats-made-at = 統計時間
stats-hash = JSON 檔的 SHA-256
stats-hash-what = 這個指紋經本館簽章，寫在公開紀錄裡；檔案改過一個字，就對不上。
stats-too-early = 截止後才有統計
    .next = 請在名冊封存後再看。
stats-unreadable = 讀不到統計資料
    .next = 請與系統管理者聯絡。

stats-dimension-day = 報名日期
stats-dimension-county = 縣市
stats-dimension-area = 縣市和郵遞區號前三碼
stats-dimension-pool = 選擇的抽獎

stats-declare-title = 統計表
stats-declare-lead = 要統計什麼，在公開前列出；公開後不能增減，並寫在個人資料告知裡。
stats-declare-rule = 名冊封存時統計一次。每一格至少 { $threshold } 人，四捨五入到 { $base } 的倍數；達不到的會合併，仍達不到的整張表不公布。
stats-declare-by-itself = 每一題各有一張表
stats-declare-own = 另外列出的表
stats-declare-none = 還沒有。不列也可以。
stats-declare-add = 加一張表
stats-declare-linked = 答案和報名連在一起，所以題目可以和縣市、日期等交叉。
stats-declare-unlinked = 答案不連到個人，所以題目只能和題目交叉。
stats-declare-rows = 依什麼統計
stats-declare-columns = 再依什麼交叉（可不選）
stats-declare-button = 加入
stats-declare-remove = 移除
stats-declare-frozen = 活動已公開，統計表不能再改。
stats-flaw-not-asked = 請選一個這個活動有問的項目。
stats-flaw-same = 兩個項目相同，請選不同的。
stats-flaw-twice = 已經有這張表。
stats-flaw-too-many = 最多 12 張。請先移除一張。
stats-flaw-not-crossed = 可以選多項的題目和日期題不能交叉，請只單獨統計。
stats-flaw-unlinked = 答案不連到個人，不能和報名資料交叉。請改選兩個題目，或只選一項。
stats-flaw-circle = 和其他的表合起來會透露三個項目的組合。請先移除一張交叉表。

stats-notice = 公布的統計
# 寫進個人資料告知；$tables 是表名
stats-in-notice = 名冊封存時統計一次下列人數並公布，不含任何人的資料：{ $tables }。

# 網頁的瀏覽次數
stats-twice = 同時有別的統計寫入
    .next = 請再試一次。
stats-views-title = 網頁瀏覽統計
stats-views-lead = 各種頁面每天被看了幾次。只有次數，沒有任何人的資料。
stats-views-all = 瀏覽次數
stats-views-visits = 造訪次數
stats-views-over = 顯示最近 30 天裡已經結束的日子。
stats-views-how = 每開一頁算一次，不看是誰，也分不出是人還是搜尋引擎的程式。報名、回條和自己資料的頁面不算，免得看得出什麼時候有人報名。次數不含任何人的資料，長期保留。造訪次數只有自己在「{ $link }」選擇幫忙統計的人。
stats-views-by-kind = 依頁面種類
stats-views-by-day = 依日期
stats-views-kind = 頁面種類
stats-views-day = 日期
stats-views-zh = 中文
stats-views-en = 英文
stats-views-home = 首頁
stats-views-activities = 活動列表
stats-views-activity = 活動、規則與告知
stats-views-draws = 抽獎結果與驗證
stats-views-newsletter = 電子報
stats-views-privacy = 個人資料與隱私
stats-views-other = 其他
