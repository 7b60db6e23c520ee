# 收信方從寄件網域看到的紀錄：給系統管理者，也給 `fairdraw check`
sender-title = 寄件網域
sender-lead = 信件以 { $from } 寄出。信會不會到、別人能不能冒用本館名義寄信，要看這個網域公布的紀錄。以下是收信方現在查到的內容。
sender-good = 正常
sender-unknown = 沒有查到
sender-warning = 請留意
sender-bad = 需要修正
sender-again = 重新查詢
sender-who = 網域紀錄由網域的管理者修改，改好後常要一小時左右，各地才查得到。
sender-none = 這個網站不寄信：沒有設定 smtp_url，所以沒有查詢。
sender-vault = 信件由保管庫以自己的設定寄出，這裡沒有查詢；請在保管庫的機器執行「fairdraw check」。
sender-no-resolver = 這部機器沒有設定網域名稱伺服器，無法查詢。
sender-away = 查不到結果。
sender-away-do = 請確認這部機器查得到網域名稱，再重新查詢。
sender-no-record = 沒有紀錄。
sender-several = 有 { $count } 筆紀錄，因此全部無效。
sender-domain-servers = { $domain } 有郵件伺服器。
sender-domain-address = { $domain } 有位址，可以收信。
sender-domain-takes-none = { $domain } 宣告不收信。
sender-domain-takes-none-do = 請公布 MX 紀錄，或把 mail_from 改成有 MX 紀錄的網域。
sender-domain-missing = { $domain } 沒有郵件伺服器，也沒有位址：回信送不到，收信方也會拒收。
sender-domain-missing-do = 請改正 mail_from，或公布 MX 紀錄。
sender-spf-strict = 其他來源會被拒收（-all），查詢 { $asked } 次，上限 10 次。
sender-spf-soft = 其他來源會被視為可疑（~all），查詢 { $asked } 次，上限 10 次。
sender-spf-ours = 貴館的郵件伺服器是否列在其中，從這裡看不出來。
sender-spf-publish = 請公布紀錄，並把 mx 換成貴館的郵件伺服器，例如
sender-spf-several-do = 請合併成一筆，例如
sender-spf-undecided = 紀錄沒有說明其他來源怎麼處理。
sender-spf-everybody = 任何人都可以用這個網域寄信（+all）。
sender-spf-end = 結尾請用 -all 或 ~all，例如
sender-spf-unreadable = { $name } 無法解讀，因此整筆無效。
sender-spf-unreadable-do = 請改正，例如
sender-spf-leads = 紀錄引用 { $name }，但那裡沒有完整的紀錄，因此整筆無效。
sender-spf-leads-do = 請移除 { $name }，或請對方修正紀錄。
sender-spf-too-many = 查詢超過 10 次，因此整筆無效。
sender-spf-too-many-do = 請移除不需要的 include、a、mx、ptr、exists，或直接以 ip4、ip6 寫出網段。
sender-spf-voids = 查無結果超過 2 次（{ $terms }），收信方可能視為整筆無效。
sender-spf-voids-do = 請移除這些項目，或公布它們所指的紀錄。
sender-dkim-no-selector = 無法查詢：沒有設定選擇器。
sender-dkim-no-selector-do = 請看一封收到的信，把 DKIM-Signature 裡 s= 後面的文字設為 mail_dkim_selectors。
sender-dkim-rsa = RSA 金鑰，{ $bits } 位元。
sender-dkim-ed25519 = Ed25519 金鑰。
sender-dkim-short = RSA 金鑰，{ $bits } 位元，偏短。
sender-dkim-too-short = RSA 金鑰，{ $bits } 位元，收信方不接受。
sender-dkim-longer = 請以新的選擇器改用 2048 位元的 RSA 金鑰簽署。
sender-dkim-testing = 簽章還在測試（t=y）。
sender-dkim-testing-do = 確認收到的信都有簽章後，請移除 t=y。
sender-dkim-revoked = 金鑰已經撤銷（p= 是空的）。
sender-dkim-publish = 請公布郵件伺服器簽署所用的金鑰：
sender-dkim-several = 有 { $count } 筆紀錄，收信方會任取一筆。
sender-dkim-several-do = 請只留一筆。
sender-dkim-unreadable = 紀錄裡讀不出金鑰。
sender-dmarc-reject = 冒名的信會被拒收（{ $at }）；寄件人與信封的網域相同。
sender-dmarc-quarantine = 冒名的信會被隔離（{ $at }）；寄件人與信封的網域相同。
sender-dmarc-partly = 只適用於百分之 { $percent } 的信（{ $at }）。
sender-dmarc-partly-do = 請移除 pct=。
sender-dmarc-watches = 冒名的信仍會送達，因為只觀察、不處理（p=none，{ $at }）。
sender-dmarc-watches-do = 報告都沒有問題後，請公布
sender-dmarc-missing = 這個網域和上層都沒有紀錄：冒名的信仍會送達。
sender-dmarc-publish = 請公布紀錄，例如
sender-dmarc-several = { $at } 有多筆紀錄，因此全部無效。
sender-dmarc-several-do = 請只留一筆，例如
sender-dmarc-unreadable = { $at } 的紀錄無法解讀。
sender-dmarc-unreadable-do = 請改正，例如
