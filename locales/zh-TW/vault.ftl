# What the vault says when it does not open.

vault-no-key = 這個活動的個人資料已經刪除，金鑰也已銷毀，無法再開啟。
vault-broken = 這筆資料無法開啟，可能已經毀損或不屬於這裡。請通知系統管理員查看紀錄。
vault-expired = 這個頁面放太久了。為了保護您的資料，請重新填寫一次。
vault-unavailable = 目前無法取用資料金鑰，請稍後再試。您的資料仍然是加密的。
vault-not-a-winner = 只能開啟得獎者與已遞補者的聯絡資料。請先確認開獎結果與遞補紀錄。
vault-too-many = 已開啟的聯絡資料數量等於獎項與候補的總數，不能再開啟更多。請得獎者持收據與證件到館領獎。
vault-locked = 本活動的聯絡資料已上鎖，須由三位保管人中的兩位輸入保管碼才能開啟。請與另一位保管人一起解鎖。
vault-not-allowed = 本伺服器的設定不允許今年開啟這麼多筆資料，因此一筆也沒有開啟。需要時請系統管理員調整設定中的上限。
