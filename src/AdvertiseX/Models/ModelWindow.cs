namespace AdvertiseX.Models;

/// <summary>How long a row of an input matters to rows after it: as long as the campaign that allows longest
/// says.</summary>
/// <param name="Column">The column of <c>campaigns</c> that says so, in microseconds.</param>
/// <param name="Least">What holds for campaigns that say nothing.</param>
internal readonly record struct ModelWindow(string Column, TimeSpan Least);
