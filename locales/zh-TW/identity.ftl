# 個人資料欄位：說明怎麼填。用字見 docs/glossary.md。

identity-name-empty = 請輸入姓名
identity-name-long = 姓名請在 { $max } 字以內，現在是 { $found } 字

identity-id-empty = 請輸入身分證字號或統一證號
identity-id-shape = 證號要有 1 個英文字母和 9 個數字，例如 A123456789
identity-id-card = 請輸入 10 碼的統一證號；12 位數字的是居留證號
identity-id-second = 證號的第 2 個字要是 1、2、8 或 9（舊式統一證號是 A 到 D），請再對照證件輸入一次
identity-id-check = 證號的檢查碼不符，請再對照證件輸入一次
identity-id-old = 舊式統一證號自 120 年 1 月 1 日起停用，請輸入新式統一證號

identity-card-empty = 請輸入借閱證號碼
identity-card-shape = 借閱證號碼是 4 到 32 個英文字母或數字，請照證上印的輸入

identity-phone-empty = 請輸入手機或市話號碼
identity-phone-shape = 請輸入手機或市話號碼，例如 0912345678 或 02-27552823
identity-phone-mobile = 手機號碼要是 09 開頭的 10 個數字，例如 0912345678
identity-phone-landline = 市話請連同區碼輸入，例如 02-27552823 或 037-123456
identity-phone-voip = 070 開頭的網路電話要有 11 個數字，例如 070-10123456
identity-phone-service = 請輸入找得到您的手機或市話；0800、099 或 1999 這類服務號碼不能用來聯絡您
identity-phone-foreign = 請輸入臺灣的手機或市話號碼，例如 0912345678
identity-phone-extension = 分機要是 1 到 6 個數字，例如 02-27552823#2118

identity-email-empty = 請輸入電子郵件
identity-email-shape = 電子郵件要用英文字母和數字寫成 name@example.com 的樣子，中間沒有空格
identity-email-long = 電子郵件請在 { $max } 個字元以內，現在是 { $found } 個
identity-email-suggestion = 您要輸入的是 { $address } 嗎？如果目前的寫法沒有打錯，可以直接繼續

identity-postal-empty = 請輸入郵遞區號
identity-postal-shape = 郵遞區號要是 3、5 或 6 個數字，例如 100 或 100201
identity-postal-unknown = 找不到這個郵遞區號，請核對前 3 碼，或先留空
identity-postal-undeliverable = 這個郵遞區號的地區沒有投遞服務，請輸入其他收件地址
identity-county-empty = 請選擇縣市
identity-county-unknown = 請從清單選擇縣市
identity-district-empty = 請輸入鄉鎮市區
identity-district-shape = 鄉鎮市區要寫全名，例如 中正區、員林市、三地門鄉
identity-address-empty = 請輸入路街、巷弄和門牌號碼
identity-address-long = 地址請在 { $max } 字以內，現在是 { $found } 字

identity-date-empty = 請輸入日期
identity-date-shape = 日期要有年、月、日，例如 115/11/21 或 2026-11-21
identity-date-day = 月曆上沒有這一天，請核對年、月、日
identity-date-roc = 您選的是民國年，年份要是 1 到 3 個數字，例如 115/11/21
identity-date-ce = 您選的是西元年，年份要是 4 個數字，例如 2026-11-21
identity-date-calendar = 請寫明年份：民國年用 3 個數字，西元年用 4 個數字，例如 115/11/21 或 2026-11-21
identity-time-shape = 請在日期後面輸入時間，從 00:00 到 23:59，例如 2026-11-21 17:20
