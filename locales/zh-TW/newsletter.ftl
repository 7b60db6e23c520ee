# 電子報：訂閱、確認、偏好、退訂、編寫與寄送。

newsletter-title = 訂閱電子報
newsletter-lead = 留下電子郵件並選擇主題。我們會先寄一封確認信，按下信中的連結並確認後才算訂閱。
newsletter-archive = 過去寄出的內容都在「{ $page }」。
newsletter-none = 目前還沒有可以訂閱的主題。
newsletter-email = 電子郵件
newsletter-email-hint = 只用來寄電子報。不需要姓名或其他資料。
newsletter-email-meant = 是不是要輸入 { $email }？如果原本的沒有錯，請直接送出。
newsletter-topics = 想收到的主題
newsletter-topics-missing = 請至少選一個主題
newsletter-language = 信件的語言
newsletter-language-missing = 請選擇信件的語言
# $version：同意內容的版本
newsletter-consent-title = 同意內容（第 { $version } 版）
# $library：圖書館名稱
newsletter-consent = { $library }依個人資料保護法蒐集您的電子郵件，只用來寄送您選擇的電子報，以及隱私權政策重大修訂的通知。收信地址會加密保存到您退訂為止；退訂後刪除，只留下無法還原的代碼，以免再寄信給您。我們不記錄您是否開信或點了哪些連結。報名活動的資料不會用來寄電子報。您可以隨時用信末的連結查看、更改或退訂，也可以依法請求查詢、更正或刪除。不訂閱不影響您參加任何活動。
newsletter-agree = 我已閱讀並同意上述內容
newsletter-trap = 請讓這一格保持空白
newsletter-trap-filled = 請清空「請讓這一格保持空白」這一格，再送一次
newsletter-agree-missing = 訂閱電子報需要勾選同意
newsletter-subscribe = 訂閱
newsletter-form-old = 這個表單開啟太久了。您填的內容還在，請再送出一次。
newsletter-again = 重新訂閱
newsletter-said-sent = 請到信箱收信
newsletter-said-sent-lead = 我們寄了一封信到您輸入的地址。請在 24 小時內打開信中的連結並按下確認。沒有收到時，請看看垃圾信件匣。
newsletter-said-over = 這個連結不能用了
newsletter-said-over-lead = 連結可能已經過期、已經用過，或訂閱已經取消。需要時可以重新訂閱。
newsletter-said-in = 訂閱完成
newsletter-said-in-lead = 下一期起會寄到您的信箱。每封信末都有更改與退訂的連結。
newsletter-said-moved = 收信地址已更改
newsletter-said-moved-lead = 電子報從現在起寄到新的地址，我們也通知了原來的地址。
newsletter-said-moving = 請到新的信箱收信
newsletter-said-moving-lead = 我們寄了一封信到新的地址。在您按下信中的連結並確認之前，電子報仍寄到原來的地址。
newsletter-said-out = 已退訂
newsletter-said-out-lead = 您的地址已刪除，不會再收到電子報。
newsletter-confirm-title = 確認電子郵件
newsletter-confirm-lead = 按下確認後，會收到這些主題的電子報：
newsletter-confirm-move = 按下確認後，電子報會改寄到這個信箱。
newsletter-confirm = 確認
newsletter-confirm-not = 如果不是您要訂閱，關掉這一頁就好，不會再收到信。
newsletter-own-title = 我的訂閱
# $date：同意的日期
newsletter-own-lead = 您在 { $date }同意接收電子報。
newsletter-own-save = 儲存
newsletter-move-title = 更改收信地址
newsletter-move-email = 新的電子郵件
newsletter-move-hint = 我們會寄確認信到新的地址，確認後才更改，並通知原來的地址。
newsletter-move = 更改地址
newsletter-leave = 退訂電子報
newsletter-leave-lead = 退訂後會刪除您的地址，不再寄任何主題的電子報。
newsletter-leave-other = 只想更改主題或地址
newsletter-news-title = 圖書館電子報
newsletter-news-lead = 已寄出的電子報都公開在這裡。想收到信，請按「{ $page }」。
newsletter-news-none = 還沒有寄出過電子報。
newsletter-news-feed = 用閱讀器訂閱（Atom）
newsletter-issue-subscribe = 想用電子郵件收到，請按「{ $page }」。

newsletter-mail-subject-confirm = 【{ $library }】請確認訂閱電子報
newsletter-mail-subject-already = 【{ $library }】您已訂閱電子報
newsletter-mail-subject-move = 【{ $library }】請確認新的收信地址
newsletter-mail-subject-moved = 【{ $library }】電子報的收信地址已更改
newsletter-mail-subject-issue = 【{ $library }】{ $title }
newsletter-mail-confirm = 有人用這個地址訂閱了 { $library } 的電子報。如果是您，請在 24 小時內打開下面的連結，並在頁面上按確認：
newsletter-mail-not-you = 如果不是您，不必理會這封信。沒有確認就不會再寄信，這個地址也會在兩天內刪除。
newsletter-mail-already = 有人用這個地址訂閱 { $library } 的電子報，而這個地址已經訂閱了，沒有任何變動。要查看或更改主題，請打開：
newsletter-mail-already-not-you = 如果不是您輸入的，不必理會這封信。
newsletter-mail-move = { $library } 電子報的一位訂閱者想改用這個地址收信。如果是您，請在 24 小時內打開下面的連結，並在頁面上按確認：
newsletter-mail-moved = 您在 { $library } 的電子報訂閱已改用另一個地址收信。這個地址不會再收到電子報。
newsletter-mail-moved-not-you = 如果不是您更改的，請來電 { $phone }。
newsletter-mail-on-the-web = 在網頁上閱讀：{ $page }
newsletter-mail-read-on-the-web = 在網頁上閱讀
newsletter-mail-why = 您收到這封信，是因為您訂閱了 { $library } 的電子報並確認過這個地址。
newsletter-mail-own = 查看或更改訂閱：{ $link }
newsletter-mail-leave = 退訂：{ $link }
newsletter-mail-trial = 這是館員寄出的試寄信，還沒有寄給訂閱者。
newsletter-mail-no-tracking = 本館不記錄您是否開信或點了哪些連結。
newsletter-mail-check-site = 請自行在瀏覽器輸入 { $host }，看看電子報的頁面是否有同樣的內容。

newsletter-staff-title = 電子報
newsletter-staff-lead =
    { $count ->
        [0] 還沒有人訂閱。
       *[other] 目前有 { $count } 位訂閱者。
    }
newsletter-staff-none = 還沒有寫過電子報。
newsletter-write = 編寫電子報
newsletter-write-no-topics = 還沒有主題，請先到「{ $page }」新增。
newsletter-edit = 修改內容
newsletter-column-issue = 電子報
newsletter-column-stage = 狀態
newsletter-column-when = 時間
newsletter-column-sent = 已寄出
newsletter-stage-draft = 草稿
newsletter-stage-scheduled = 已排定
newsletter-stage-sending = 寄送中
newsletter-stage-sent = 已寄完
newsletter-stage-stopped = 已停止
newsletter-topics-title = 電子報主題
newsletter-topics-lead = 訂閱者從這些主題中選擇。停用的主題不再提供選擇，也不能再寄送。
newsletter-topic-new = 新增主題
newsletter-topic-rename = 重新命名
newsletter-topic-retire = 停用
newsletter-topic-retired = 已停用
newsletter-topic-zh = 中文名稱
newsletter-topic-en = 英文名稱
newsletter-topic-name-wrong = 請輸入名稱，最多 120 個字
newsletter-save = 儲存
newsletter-save-preview = 儲存並預覽
newsletter-preview = 預覽
newsletter-preview-plain = 純文字版
newsletter-back-to-issue = 回到電子報
newsletter-slug = 網頁位址
newsletter-slug-hint = 小寫英文字母、數字和連字號，例如 2026-12-new-books；寄出後不能更改。
newsletter-slug-wrong = 請用 3 到 60 個小寫英文字母、數字或連字號
newsletter-slug-taken = 另一份電子報已經用了這個位址
newsletter-topics-of = 寄給訂閱這些主題的人
newsletter-subject-zh = 中文主旨
newsletter-subject-en = 英文主旨
newsletter-subject-wrong = 請輸入主旨，最多 120 個字
newsletter-body-zh = 中文內容
newsletter-body-en = 英文內容
newsletter-body-hint = 可用 Markdown：# 標題、**粗體**、- 清單、[文字](https://網址)。不能放圖片。最多 { $longest } 個字。
newsletter-body-wrong = 請輸入內容，最多 { $longest } 個字
newsletter-moved = 這份電子報已被其他人更改，或已經不是草稿。請重新開啟再試。
newsletter-send-title = 寄送
newsletter-send-to = 寄給訂閱下列任一主題的人：
newsletter-send-once = 每位訂閱者只會收到一封。開始寄送後，內容會公開在網站上，不能再更改。
newsletter-no-server = 還沒有設定郵件伺服器，信會等到設定完成後才寄出。
newsletter-try-title = 試寄
newsletter-try-email = 試寄到
newsletter-try-hint = 地址只用這一次，寄完就刪除。
newsletter-try = 試寄一封
newsletter-at = 寄送時間
newsletter-at-wrong = 請輸入現在以後的時間
newsletter-schedule = 排定寄送
newsletter-now = 現在寄送
newsletter-scheduled = 等候寄送
newsletter-take-back = 取消排定
newsletter-stop = 停止寄送
newsletter-progress = 寄送進度
newsletter-progress-hint = 每分鐘最多寄 { $count } 封。「不確定」是郵件伺服器沒有回覆就斷線的信，不會自動重寄。
newsletter-figure-waiting = 等候
newsletter-figure-sent = 已寄出
newsletter-figure-uncertain = 不確定
newsletter-figure-bounced = 地址不存在
newsletter-figure-refused = 伺服器拒收
newsletter-figure-dropped = 不再寄
newsletter-began = 開始寄送：{ $when }
newsletter-ended = 結束：{ $when }
newsletter-public-page = 公開的網頁
newsletter-policy-audience = 電子報訂閱者
newsletter-policy-subject = 隱私權政策第 { $version } 版，{ $date }起適用
newsletter-policy-to-all = 這一封通知隱私權政策的修訂，寄給所有訂閱者，不分主題，不能取消排定。
newsletter-policy-body =
    本館的隱私權政策有重大修訂，{ $date }起適用。

    - [第 { $version } 版全文]({ $whole })
    - [和上一版比較]({ $compared })

    改了什麼：
