using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>What the header Prefer asks for (RFC 7240); what is not known is ignored.</summary>
/// <param name="Verdicts">return=representation: say of each event whether it is valid.</param>
/// <param name="Wait">wait=commit, or wait=SECONDS: answer when the events are in the lake, or after this time; null to
/// answer at once.</param>
internal readonly record struct Preferences(bool Verdicts, TimeSpan? Wait)
{
    /// <param name="request">The request.</param>
    /// <param name="longest">Longest wait.</param>
    public static Preferences Of(HttpRequest request, TimeSpan longest)
    {
        var preferences = default(Preferences);
        foreach (var header in request.Headers["Prefer"])
        foreach (var part in (header ?? "").Split(',', ';'))
        {
            var (name, value) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right]
                ? (left.ToLowerInvariant(), right.Trim('"').ToLowerInvariant())
                : ("", "");
            if (name == "return")
                preferences = preferences with { Verdicts = value == "representation" };
            else if (name == "wait" && WaitOf(value, longest) is { } wait)
                preferences = preferences with { Wait = wait };
        }

        return preferences;
    }

    /// <summary>The value of Preference-Applied; empty for none.</summary>
    public string Applied =>
        string.Join(
            ", ",
            ((string[])[Verdicts ? "return=representation" : "", Wait is null ? "" : "wait"]).Where(word =>
                word.Length > 0
            )
        );

    private static TimeSpan? WaitOf(string value, TimeSpan longest)
    {
        if (value == "commit")
            return longest;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds == 0)
            return null;
        var wait = TimeSpan.FromSeconds(seconds);
        return wait < longest ? wait : longest;
    }
}
