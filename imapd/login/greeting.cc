// SPDX-License-Identifier: ISC
#include "login/greeting.h"

#include "config/values.h"

namespace login {

bool Door::takes_passwords() const
{
    if (tls == Tls::Running || cleartext == config::Cleartext::Always)
        return true;
    return cleartext == config::Cleartext::Loopback && client == Place::Here;
}

bool Door::takes_login() const
{
    return takes_passwords() && (config::is_among("PLAIN", mechanisms) ||
                                 config::is_among("LOGIN", mechanisms));
}

std::vector<std::string> Door::offered() const
{
    if (!takes_passwords())
        return {};
    std::vector<std::string> names;
    if (binding == Binding::Possible) {
        for (const std::string& name : mechanisms) {
            const std::string bound = name + "-PLUS";
            if (name.starts_with("SCRAM-") &&
                !config::is_among("AUTH=" + bound, disabled))
                names.push_back(bound);
        }
    }
    for (const std::string& name : mechanisms) {
        if (name != "EXTERNAL" || certificate == Certificate::Shown)
            names.push_back(name);
    }
    return names;
}

std::string capabilities(const Door& door)
{
    std::string told;
    const auto tell = [&](const std::string& token) {
        if (!config::is_among(token, door.disabled))
            told += (told.empty() ? "" : " ") + token;
    };
    for (const char* token :
         {"IMAP4rev1", "IMAP4rev2", "SASL-IR",
          door.literals == config::Literals::Plus ? "LITERAL+" : "LITERAL-", "ID",
          "ENABLE", "IDLE"})
        tell(token);
    if (door.tls == Door::Tls::Startable)
        tell("STARTTLS");
    if (!door.takes_login())
        told += " LOGINDISABLED";
    for (const std::string& mechanism : door.offered())
        tell("AUTH=" + mechanism);
    return told;
}

std::string greeting(const Door& door)
{
    std::string text = "[CAPABILITY " + capabilities(door) + "] ";
    if (!door.hostname.empty())
        text += door.hostname + " ";
    return text + "Avocet ready";
}

} // namespace login
