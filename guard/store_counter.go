package guard

import (
	"context"
	"time"
)

// CounterStore keeps what guards count together: rates, and places that open
// connections hold. A guard keeps what it was given and works on it alone, so
// that neither is asked for every message.
type CounterStore interface {
	// TakeRates takes events of rates, each as the generic cell rate algorithm
	// allows by the store's own clock, and answers in the order of takes. A rate
	// that nobody has used up is as good as forgotten.
	TakeRates(ctx context.Context, takes []RateTake) ([]RateTaken, error)
	// HoldPlaces sets how many places a holder has under each key, and reports
	// in the order of holds which it did: it refuses one that would raise the
	// places of the key, over all holders that have renewed in time, above its
	// limit. On an error some of them may have been set; the caller may repeat
	// all. What is set lasts for [PlacesLast] and no longer than the holder
	// renews.
	HoldPlaces(ctx context.Context, holder string, holds []PlaceHold) ([]bool, error)
	// RenewHolder keeps the places of holder for life from now, and reports
	// whether they have been kept until now. If not, others may have taken
	// them, and the holder has to set all of its places anew. A life of 0 gives
	// up all of its places.
	RenewHolder(ctx context.Context, holder string, life time.Duration) (kept bool, err error)
}

// RateTake asks for up to Events of the rate under Key.
type RateTake struct {
	Key    string
	Rate   Rate // Burst included; a take of another rate under the same key starts from where the last one left it
	Events int
}

// RateTaken is how many events were taken. If there was none, Wait is when
// there will be one.
type RateTaken struct {
	Events int
	Wait   time.Duration
}

// PlaceHold says that its holder has Places under Key in all, of which a Limit
// of 0 does not bound the sum: such a hold declares places that are in use
// already. Holds of one holder and key carry a growing Serial. The store ignores
// one that comes behind a later one, and reports it as set.
type PlaceHold struct {
	Key    string
	Places int
	Limit  int
	Serial uint64
}

// PlacesLast is how long a store keeps places that nobody sets again.
const PlacesLast = 24 * time.Hour
