// SPDX-License-Identifier: ISC
#include "login/greeting.h"

namespace login {

bool Door::takes_passwords() const
{
    if (tls == Tls::Running || cleartext == config::Cleartext::Always)
        return true;
    return cleartext == config::Cleartext::Loopback && client == Place::Here;
}

std::string capabilities(const Door& door)
{
    std::string tokens = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE";
    if (door.tls == Door::Tls::Startable)
        tokens += " STARTTLS";
    if (!door.takes_passwords())
        return tokens + " LOGINDISABLED";
    for (const std::string& mechanism : door.mechanisms)
        tokens += " AUTH=" + mechanism;
    return tokens;
}

std::string greeting(const Door& door)
{
    std::string text = "[CAPABILITY " + capabilities(door) + "] ";
    if (!door.hostname.empty())
        text += door.hostname + " ";
    return text + "Avocet ready";
}

} // namespace login
