# 個人資料保護法第 8 條的告知，依活動設定產生。

policy-item-agency = 誰收集
policy-item-purpose = 為什麼
policy-item-categories = 收集什麼
policy-item-period = 期間、地區、對象與方式
policy-item-rights = 您的權利
policy-item-effect = 不提供會怎樣

policy-purpose-draw = 辦理「{ $title }」的報名、抽獎與得獎通知（146 圖書館、出版品管理；157 調查、統計與研究分析）。
policy-purpose-survey = 辦理「{ $title }」的問卷統計（157 調查、統計與研究分析）。
policy-category = { $field }：{ $purpose }
policy-categories-none = 只有您在問卷中的回答，不含姓名、證號或聯絡方式。
policy-kept = 自報名起，到 { $date } 刪除；在臺灣境內，由本館以電子方式處理，不提供給其他人。
policy-kept-tax = 報名時不保存證號原碼；依法應申報之得獎者另行保存。
policy-kept-masked = 公開抽獎的現場會顯示得獎號碼，並可能顯示遮罩後的姓名，例如王○明。
policy-kept-unlinked = 問卷回答與報名資料分開保存，無法對應到個人，因此送出後不能更正或撤回。
policy-rights = 查詢、閱覽、複製、補充、更正、停止蒐集處理利用、刪除。請到「查詢我的報名」，或洽本館（{ $contact }）。
policy-effect-draw = 無法參加抽獎或無法收到得獎通知，不影響其他圖書館服務。
policy-effect-survey = 可以不回答，不影響其他圖書館服務。

policy-field-name = 姓名
policy-field-national-id = 身分證字號或統一證號
policy-field-phone = 電話
policy-field-email = 電子郵件
policy-field-address = 地址

policy-purpose-name = 領獎時核對身分
policy-purpose-national-id = 確認一人一份並作為抽獎依據；只用來計算代碼，不保存號碼
policy-purpose-phone = 只用來通知得獎
policy-purpose-email = 只用來通知得獎
policy-purpose-address = 只用來通知得獎與寄送獎品
