// SPDX-License-Identifier: ISC
#include "auth/pam.h"

#include <cstdlib>
#include <cstring>

#include <security/pam_appl.h>
#include <unistd.h>

#include "auth/child.h"
#include "auth/location.h"
#include "auth/password.h"
#include "base/scope_exit.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// Far more than any answer: a code, and a name or a sentence.
constexpr std::size_t max_outcome = 1024;

struct Question {
    const std::string& service;
    const std::string& directory;
    std::string user;
    std::string password;
    std::string address;
};

/// What a module asks is answered by the kind of the prompt: what is not shown is the
/// password. Messages are for somebody who is not there.
int converse(int count, const pam_message** messages, pam_response** responses,
             void* data)
{
    const auto* const question = static_cast<const Question*>(data);
    if (count <= 0 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    auto* const answers = static_cast<pam_response*>(
        std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (answers == nullptr)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; ++i) {
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = ::strdup(question->password.c_str());
        else if (messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
            answers[i].resp = ::strdup(question->user.c_str());
    }
    *responses = answers; // the module frees them
    return PAM_SUCCESS;
}

/// The attempt delays its refusals itself.
void no_delay(int, unsigned, void*)
{
}

/// All that PAM is asked, up to the first no.
int ask(pam_handle_t* pam, const std::string& address)
{
    const void* delay = reinterpret_cast<const void*>(&no_delay);
    ::pam_set_item(pam, PAM_FAIL_DELAY, delay);
    ::pam_set_item(pam, PAM_RHOST, address.c_str());
    ::pam_set_item(pam, PAM_TTY, "imap");
    int code = ::pam_authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (code == PAM_SUCCESS)
        code = ::pam_acct_mgmt(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (code == PAM_SUCCESS)
        code = ::pam_setcred(pam, PAM_SILENT | PAM_ESTABLISH_CRED);
    if (code != PAM_SUCCESS)
        return code;
    code = ::pam_open_session(pam, PAM_SILENT);
    if (code == PAM_SUCCESS)
        ::pam_close_session(pam, PAM_SILENT);
    ::pam_setcred(pam, PAM_SILENT | PAM_DELETE_CRED);
    return code;
}

/// A code, and the user's name or what went wrong.
std::string outcome_of(const Question& question)
{
    const pam_conv conversation = {&converse, const_cast<Question*>(&question)};
    pam_handle_t* pam = nullptr;
    int code = ::pam_start_confdir(
        question.service.c_str(), question.user.c_str(), &conversation,
        question.directory.empty() ? nullptr : question.directory.c_str(), &pam);
    if (code == PAM_SUCCESS)
        code = ask(pam, question.address);
    std::string text = ::pam_strerror(pam, code);
    const void* user = nullptr;
    if (code == PAM_SUCCESS && ::pam_get_item(pam, PAM_USER, &user) == PAM_SUCCESS &&
        user != nullptr)
        text = static_cast<const char*>(user);
    ::pam_end(pam, code);
    return static_cast<char>(code) + text.substr(0, max_outcome - 1);
}

/// What the code of a failure means to us. The client's fault is Refused.
Error failure(int code, const std::string& text)
{
    switch (code) {
    case PAM_AUTH_ERR:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_ACCT_EXPIRED:
    case PAM_AUTHTOK_EXPIRED:
    case PAM_CRED_EXPIRED:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_PERM_DENIED:
        return {Errc::Refused, "PAM: " + text, 0};
    default:
        return {Errc::Cannot, "PAM: " + text, 0};
    }
}

} // namespace

Result<PasswdEntry> PamSource::check(std::string_view user, std::string_view password,
                                     const Circumstances& circumstances) const
{
    if (password.empty() || password.size() > max_password ||
        password.find('\0') != std::string_view::npos)
        return Error{Errc::Refused, "no password that PAM could have", 0};
    Question question = {service_, directory_, std::string(user), std::string(password),
                         circumstances.address};
    const base::ScopeExit forget(
        [&] { ::explicit_bzero(question.password.data(), question.password.size()); });
    const auto child = run_child(
        [&](int to) {
            const std::string outcome = outcome_of(question);
            if (::write(to, outcome.data(), outcome.size()) > 0)
                ::_exit(0);
        },
        max_outcome, patience_ms);
    if (!child || child->output.empty())
        return Error{Errc::Cannot,
                     "PAM: the service " + service_ + ' ' +
                         (child ? "has died" : child.error().text),
                     0};
    const std::string& outcome = child->output;
    const int code = static_cast<unsigned char>(outcome.front());
    if (code != PAM_SUCCESS)
        return failure(code, outcome.substr(1));
    PasswdEntry entry;
    entry.user = outcome.substr(1);
    if (auto fine = check_user(entry.user); !fine)
        return fine.error();
    return entry;
}

std::vector<std::string> PamSource::complaints() const
{
    const std::string directory = directory_.empty() ? "/etc/pam.d" : directory_;
    const std::string path = directory + '/' + service_;
    if (::access(path.c_str(), R_OK) == 0)
        return {};
    return {"[auth] pam: " + Error::from_errno("open", path).text};
}

} // namespace auth
