namespace AdvertiseX.Models;

/// <summary>What must hold for the rows of a model before they are committed.</summary>
/// <param name="Text">As the header has it, for messages.</param>
/// <param name="CountOfOffences">A SELECT with one number, over a set named <c>written</c>: 0 when it holds.</param>
public sealed record ModelCheck(string Text, string CountOfOffences);
