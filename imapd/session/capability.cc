// SPDX-License-Identifier: ISC
#include "session/capability.h"

namespace imapd {

std::string capabilities()
{
    return "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE IDLE NAMESPACE CHILDREN UNSELECT "
           "UIDPLUS";
}

} // namespace imapd
