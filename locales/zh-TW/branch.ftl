# Branches of the library. Variables are explained in the English file.

branch-title = 分館
branch-lead = 每個活動可以屬於一個分館，也可以屬於全館。分館的館員與抽獎承辦人只看得到、也只能處理自己分館的活動。
branch-staff-lead = 哪位同仁負責哪個分館，在{ $link }設定。
branch-new = 新增分館
branch-rename = 重新命名
branch-close = 停用
branch-reopen = 恢復使用
branch-closed = 已停用，不再新增活動
branch-closed-one = { $name }（已停用）
branch-name-zh = 中文名稱
branch-name-en = 英文名稱
branch-name-wrong = 請輸入名稱，最多 { $most } 個字
branch-name-taken = 這個名稱已經有分館使用，請換一個
branch-save = 儲存
branch-whole-library = 全館
branch-of-activity = 分館
branch-of-activity-hint = 只有這個分館與全館的同仁能處理這個活動；民眾也看得到。
branch-of-activity-wrong = 請選擇您負責的分館
branch-of-activity-none = 您負責的分館都已停用，目前不能新增活動
branch-of-activity-none-next = 請系統管理員在「帳號與角色」讓您負責其他分館，或在「分館」恢復使用其中一個。之後再回到這裡。
