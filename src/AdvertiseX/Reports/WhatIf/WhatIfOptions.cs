using AdvertiseX.Reference;

namespace AdvertiseX.Reports.WhatIf;

/// <summary>Other rules, and what to show of their effect. A window that is null stays each campaign's own.</summary>
internal sealed record WhatIfOptions
{
    /// <summary>From a click to the conversion that it may earn; zero switches click-through credit off.</summary>
    public TimeSpan? ClickWindow { get; init; }

    /// <summary>From an impression to the conversion that it may earn; zero switches view-through credit off.</summary>
    public TimeSpan? ViewWindow { get; init; }

    /// <summary>From an impression to a click of the same user that may be its; zero leaves links by impression id
    /// only.</summary>
    public TimeSpan? MatchWindow { get; init; }

    /// <summary>One of <see cref="AttributionModels.Names"/>: the model of today's figures and of the others.</summary>
    public string Model { get; init; } = AttributionModels.Names[0];

    /// <summary>Only the windows and figures of these campaigns; none for all.</summary>
    public IReadOnlyList<string> Campaigns { get; init; } = [];

    /// <summary>First local date of conversions, inclusive; null for the first there is.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last local date, inclusive; null for the last there is.</summary>
    public DateOnly? To { get; init; }

    public WhatIfGrain By { get; init; } = WhatIfGrain.Campaign;

    /// <summary>Without invalid traffic and repeated orders; else all.</summary>
    public bool Net { get; init; }

    /// <summary>A window as people write it: 0, or as reference files have it (<c>7d</c>, <c>12h</c>, <c>30m</c>,
    /// <c>PT12H</c>).</summary>
    /// <exception cref="ArgumentException">It is none, or longer than 90 days.</exception>
    public static TimeSpan ParseWindow(string text) =>
        text == "0" ? TimeSpan.Zero
        : ReferenceText.Window(text) is { } micros ? TimeSpan.FromMicroseconds(micros)
        : throw new ArgumentException(
            $"'{TerminalText.Visible(text)}' is no window: 0, or {ReferenceText.WindowExpected}"
        );
}
