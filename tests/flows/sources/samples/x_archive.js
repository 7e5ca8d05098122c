window.YTD.tweets.part0 = [
  {
    "tweet" : {
      "edit_info" : {
        "initial" : {
          "editTweetIds" : [
            "1968211111111111168"
          ],
          "editableUntil" : "2025-09-17T09:05:51.000Z",
          "editsRemaining" : "5",
          "isEditEligible" : false
        }
      },
      "retweeted" : false,
      "source" : "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities" : {
        "hashtags" : [ ],
        "symbols" : [ ],
        "user_mentions" : [
          {
            "name" : "Tom W.",
            "screen_name" : "energyskeptic",
            "indices" : [
              "0",
              "14"
            ],
            "id_str" : "1962095030000000221",
            "id" : "1962095030000000221"
          }
        ],
        "urls" : [ ]
      },
      "display_text_range" : [
        "0",
        "102"
      ],
      "favorite_count" : "9",
      "in_reply_to_status_id_str" : "1968210311000000077",
      "id_str" : "1968211111111111168",
      "in_reply_to_user_id" : "1962095030000000221",
      "truncated" : false,
      "retweet_count" : "0",
      "id" : "1968211111111111168",
      "in_reply_to_status_id" : "1968210311000000077",
      "created_at" : "Wed Sep 17 08:05:51 +0000 2025",
      "favorited" : false,
      "full_text" : "@energyskeptic Fair point. We share the work &amp; pay a maintainer together with four other utilities.",
      "lang" : "en",
      "in_reply_to_screen_name" : "energyskeptic",
      "in_reply_to_user_id_str" : "1962095030000000221"
    }
  },
  {
    "tweet" : {
      "retweeted" : false,
      "favorite_count" : "4",
      "id_str" : "1968203000000000001",
      "in_reply_to_status_id_str" : "1968201455730278400",
      "retweet_count" : "1",
      "in_reply_to_user_id_str" : "1961000000000000001",
      "created_at" : "Wed Sep 17 07:02:03 +0000 2025",
      "full_text" : "2/ Was bleibt: Netzleittechnik &lt;hier im Haus&gt;, Punkt. https://t.co/a1b2c3d4e5",
      "lang" : "de",
      "extended_entities" : {
        "media" : [
          {
            "type" : "photo",
            "media_url_https" : "https://pbs.twimg.com/media/G1nordhafen.jpg",
            "id_str" : "1968202900000000001"
          }
        ]
      }
    }
  },
  {
    "tweet" : {
      "retweeted" : false,
      "favorite_count" : "41",
      "id_str" : "1968201455730278400",
      "retweet_count" : "7",
      "created_at" : "Wed Sep 17 06:55:52 +0000 2025",
      "full_text" : "Open Source im Leitstand: Ab heute läuft unsere Störungsannahme auf freier Software. Warum wir das tun 👇",
      "lang" : "de"
    }
  },
  {
    "tweet" : {
      "retweeted" : false,
      "favorite_count" : "0",
      "id_str" : "1967800000000000000",
      "retweet_count" : "3",
      "created_at" : "Tue Sep 16 04:20:35 +0000 2025",
      "full_text" : "RT @nordhafen_swn: Heute zwischen 9 und 12 Uhr Wartung im Kundenportal.",
      "lang" : "de"
    }
  },
  {
    "tweet" : {
      "retweeted" : false,
      "favorite_count" : "12",
      "id_str" : "1955000000000000000",
      "retweet_count" : "0",
      "created_at" : "Mon Aug 11 20:33:00 +0000 2025",
      "full_text" : "Sechs Monate nach dem Umzug der Büroanwendungen in die Cloud: drei Dinge, die wir unterschätzt haben, und eines, das besser lief als gedacht. Ein längerer Text über Verträge, Menschen, Ausstieg und die Frage, wem eigentlich die Daten gehören, wenn am Ende alles gut gegangen… https://t.co/zyxw987654",
      "lang" : "de"
    }
  }
]
