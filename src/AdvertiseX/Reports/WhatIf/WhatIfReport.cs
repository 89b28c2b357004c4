using AdvertiseX.Models;

namespace AdvertiseX.Reports.WhatIf;

/// <summary>What other rules would make of the same facts.</summary>
/// <param name="Rows">In the order of campaigns or days; none where rows are the total.</param>
/// <param name="Totals">One for each currency. A conversion that only moved between rows is neither gained nor lost
/// here.</param>
/// <param name="Notes">What a reader has to know besides.</param>
/// <param name="Staleness">What changed since the lake's tables were computed.</param>
/// <param name="Dates">Local dates of the conversions with credit, and their zone; within the dates asked for.</param>
internal sealed record WhatIfReport(
    IReadOnlyList<WhatIfRow> Rows,
    IReadOnlyList<WhatIfRow> Totals,
    IReadOnlyList<string> Notes,
    MartStaleness Staleness,
    FigureDates Dates
);
