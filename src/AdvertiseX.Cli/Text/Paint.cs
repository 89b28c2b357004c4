namespace AdvertiseX.Cli.Text;

/// <summary>A little colour for a person's terminal; plain text elsewhere.</summary>
internal readonly record struct Paint(bool On)
{
    public string Heading(string text) => Wrap("1", text);

    public string Good(string text) => Wrap("32", text);

    public string Bad(string text) => Wrap("31;1", text);

    public string Dim(string text) => Wrap("2", text);

    /// <summary>A tick or a cross.</summary>
    public string Mark(bool good) => good ? Good("✓") : Bad("✗");

    private string Wrap(string code, string text) => On ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
