// SPDX-License-Identifier: ISC
#pragma once

#include "mime/structure.h"

namespace mime {

/// Whether somebody who reads the message would say that something is attached to it.
///
/// An attachment is a part that says so (Content-Disposition: attachment, RFC 2183
/// §2.2), one that is not text, a forwarded message, and text with a name that is not
/// to be shown in place. None is what belongs to the text: another version of it
/// (multipart/alternative), a picture in it (multipart/related), a signature of it; the
/// parts of a report or a digest; and what is encrypted, of which nothing is known.
bool has_attachment(const Structure& structure);

} // namespace mime
