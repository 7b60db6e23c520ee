# What the vault says when it does not open.

vault-no-key = 這個活動的個人資料已經刪除，金鑰也已銷毀，無法再開啟。
vault-broken = 這筆資料無法開啟，可能已經毀損或不屬於這裡。請通知系統管理員查看紀錄。
vault-expired = 這個頁面放太久了。為了保護您的資料，請重新填寫一次。
vault-unavailable = 目前無法取用資料金鑰，請稍後再試。您的資料仍然是加密的。
vault-not-a-winner = 只能開啟得獎者與已遞補者的聯絡資料。請先確認開獎結果與遞補紀錄。
vault-too-many = 已開啟的聯絡資料數量等於獎項與備取的總數，不能再開啟更多。請得獎者持回條與證件到館領獎。
vault-busy = 目前送出的資料太多，暫時無法受理。請過幾分鐘再試一次；已經完成的報名不受影響。
vault-not-promised = 這場抽獎不在活動開放報名前承諾的範圍內，所以不能簽署，也不能開啟任何聯絡資料。請通知系統管理員查看紀錄。
vault-other-words = 這起事件已寄出的通知用的是另一份文字，所以沒有再寄出。要改用新的文字，請另外登錄一起事件。
vault-locked = 本活動的聯絡資料已上鎖，須由三位保管人中的兩位輸入保管碼才能開啟。請與另一位保管人一起解鎖。
vault-frozen = 系統偵測到異常，所有同仁暫時不能開啟或匯出個資。請向系統管理員確認，查明後由管理員解除。
vault-not-allowed = 本伺服器的設定不允許今年開啟這麼多筆資料，因此一筆也沒有開啟。需要時請系統管理員調整設定中的上限。
vault-not-a-share = 這不是本活動的保管碼。請對照紙本，一組一組核對後再輸入。
vault-not-told = 這些人看到的告知沒有寫到這個用途，所以不能為它打開聯絡資料。請先公布新的告知；已經報名的人以當時看到的告知為準。

vault-guard-title = 程序的防護
vault-guard-lead = 金鑰放在獨立的程序裡。下表是金鑰程序與網站程序各自放棄的能力；寫「否」的項目，請見維運手冊的說明。
vault-guard-what = 防護
vault-guard-web = 網站程序
vault-guard-vault = 金鑰程序
vault-guard-dumps = 不產生記憶體傾印
vault-guard-memory = 記憶體不寫入置換空間
vault-guard-files = 只能使用自己的資料夾
vault-guard-calls = 不能啟動其他程式
vault-guard-yes = 是
vault-guard-partly = 部分：系統核心版本較舊
vault-guard-no = 否：{ $why }
vault-guard-none = 這種執行方式不適用
vault-behind = 資料庫的紀錄比已經發出的收據舊，所以不再簽署新的號碼。請通知系統管理員還原較新的資料庫。
