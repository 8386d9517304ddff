package model

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
)

// Mask stands in for a value that is named like a secret.
const Mask = "********"

// MaskSecrets hides the values of a document whose names say that they are
// secrets. Credentials have a column of their own; this is for what people
// write into configuration all the same. A document without such names is
// returned as it is.
func MaskSecrets(doc scalar.JSON) scalar.JSON {
	if isNull(doc) {
		return doc
	}
	var v any
	if unmarshalNumbers(doc, &v) != nil {
		return nil // better nothing than something unread
	}
	if !mask(v) {
		return doc
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return nil
	}
	return scalar.JSON(bytes.TrimSpace(b.Bytes()))
}

// RestoreSecrets puts the stored values back where a document has masks, so that
// what was read can be written again. A mask with nothing behind it is refused
// at its place under /config.
func RestoreSecrets(doc, stored scalar.JSON) (scalar.JSON, error) {
	if !bytes.Contains(doc, []byte(Mask)) {
		return doc, nil
	}
	var v, old any
	if unmarshalNumbers(doc, &v) != nil {
		return doc, nil // what is no JSON is told by its schema
	}
	if !isNull(stored) {
		if err := unmarshalNumbers(stored, &old); err != nil {
			return nil, err
		}
	}
	if missing := restore(v, old, "/config"); len(missing) > 0 {
		return nil, missing
	}
	return json.Marshal(v)
}

func unmarshalNumbers(doc scalar.JSON, into *any) error {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// restore changes v in place and tells the masks it could not lift.
func restore(v, old any, path string) (missing fault.List) {
	switch v := v.(type) {
	case map[string]any:
		before, _ := old.(map[string]any)
		for key, value := range v {
			at := path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
			if value != Mask || !namesSecret(key) {
				missing = append(missing, restore(value, before[key], at)...)
			} else if secret, stored := before[key]; stored {
				v[key] = secret
			} else {
				missing = append(missing, fault.Errorf(fault.Validation, "this is the mask of a value that is not stored").At(at).Hint("write the value itself"))
			}
		}
	case []any:
		for i, value := range v { // items have no names, so which was which is not known
			missing = append(missing, restore(value, nil, path+"/"+strconv.Itoa(i))...)
		}
	}
	return missing
}

// mask changes v in place and tells whether it had to.
func mask(v any) (changed bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if _, flag := value.(bool); namesSecret(key) && value != nil && !flag {
				v[key], changed = Mask, true
			} else if mask(value) {
				changed = true
			}
		}
	case []any:
		for _, value := range v {
			changed = mask(value) || changed
		}
	}
	return changed
}

// keysOf are the words before "key" that make it a secret one.
var keysOf = map[string]bool{
	"api": true, "access": true, "private": true, "secret": true, "signing": true, "encryption": true, "shared": true,
	"service": true, "subscription": true, "master": true, "auth": true,
}

var secretWords = map[string]bool{
	"secret": true, "password": true, "passwd": true, "pwd": true, "passphrase": true, "credential": true, "credentials": true,
	"apikey": true, "privatekey": true, "secretkey": true, "accesskey": true, "accesstoken": true, "refreshtoken": true,
	"authtoken": true, "clientsecret": true, "authorization": true, "bearer": true, "jwt": true, "cookie": true,
}

// harmless are last words that make a name speak about a secret, not be one.
var harmless = map[string]bool{
	"id": true, "url": true, "uri": true, "endpoint": true, "type": true, "name": true, "expiry": true, "ttl": true,
	"length": true, "policy": true, "method": true, "header": true, "expires": true, "in": true, "at": true, "count": true,
}

// namesSecret reads a key in camel, snake or kebab case. "token" counts only as
// the last word and in the singular: maxTokens and tokenUrl are no secrets.
func namesSecret(key string) bool {
	words := splitWords(key)
	if len(words) == 0 || harmless[words[len(words)-1]] {
		return false
	}
	for i, word := range words {
		switch {
		case secretWords[word]:
			return true
		case word == "token" && i == len(words)-1:
			return true
		case word == "key" && i > 0 && keysOf[words[i-1]]:
			return true
		}
	}
	return false
}

func splitWords(key string) []string {
	var b strings.Builder
	letters := []rune(key)
	for i, r := range letters {
		lowerBefore := i > 0 && unicode.IsLower(letters[i-1])
		endOfAcronym := i > 0 && unicode.IsUpper(letters[i-1]) && i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if unicode.IsUpper(r) && (lowerBefore || endOfAcronym) {
			b.WriteByte(' ')
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		} else {
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}
