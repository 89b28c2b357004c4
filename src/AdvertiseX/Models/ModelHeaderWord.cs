namespace AdvertiseX.Models;

/// <summary>A word of a model's header.</summary>
/// <param name="Word">As it stands before the colon.</param>
/// <param name="Form">What stands behind it.</param>
/// <param name="Meaning">For people, one sentence or two.</param>
/// <param name="Example">A line that a shipped model or the documentation has.</param>
internal sealed record ModelHeaderWord(string Word, string Form, string Meaning, string Example);
