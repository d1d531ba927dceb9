package probe

import "time"

// ShortenPatience has a check of slow peers judge after less time than honest
// servers take: the twins are quicker.
func ShortenPatience(d time.Duration) { longestHead, longestIdle, longestMessage = d, d, d }

// RecogniseWords names a library by what it says.
var RecogniseWords = recogniseWords
