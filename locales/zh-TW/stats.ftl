# 問卷統計。

stats-title = 問卷統計
stats-lead = 只列出人數，不列出個別回答。少於 { $threshold } 人的不顯示，其餘四捨五入到 { $base } 的倍數。文字回答不公布。
stats-answers = 約 { $count } 人回答
stats-few = 少於 { $threshold } 人
stats-column-answer = 回答
stats-column-count = 人數
stats-none = 這個活動沒有可以統計的問題。
stats-too-early = 截止後才有統計
    .next = 請在活動截止後再看。
stats-unreadable = 讀不到統計資料
    .next = 請與系統管理者聯絡。
