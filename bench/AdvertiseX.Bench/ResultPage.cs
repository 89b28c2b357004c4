using System.Text;

namespace AdvertiseX.Bench;

/// <summary>Keeps the results of this machine's processor in <c>bench/results/&lt;cpu&gt;.md</c>: one section a
/// benchmark, replaced when it runs again.</summary>
internal static class ResultPage
{
    public static string Processor { get; } = ProcessorName();

    /// <summary>Writes a section and shows it.</summary>
    public static void Write(string heading, string text)
    {
        Console.WriteLine(text);
        var folder = Path.Combine("bench", "results");
        if (!Directory.Exists("bench"))
            return;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName(Processor) + ".md");
        var sections = Sections(File.Exists(path) ? File.ReadAllText(path) : "");
        sections[heading] = text.Trim();
        var page = new StringBuilder($"# {Processor}, {Environment.ProcessorCount} processors\n");
        foreach (var (name, body) in sections)
            page.Append($"\n## {name}\n\n{body}\n");
        File.WriteAllText(path, page.ToString());
    }

    private static SortedDictionary<string, string> Sections(string page)
    {
        var sections = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in page.Split("\n## ").Skip(1))
        {
            var end = part.IndexOf('\n');
            sections[part[..end].Trim()] = part[end..].Trim();
        }

        return sections;
    }

    private static string FileName(string processor) =>
        string.Join(
            '-',
            processor.ToLowerInvariant().Split([' ', '(', ')', '@', '/', '.'], StringSplitOptions.RemoveEmptyEntries)
        );

    private static string ProcessorName()
    {
        const string Model = "model name",
            Family = "cpu family";
        if (!File.Exists("/proc/cpuinfo"))
            return System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
        var lines = File.ReadLines("/proc/cpuinfo")
            .TakeWhile(l => l.Length > 0)
            .Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(p => p.Length == 2)
            .ToDictionary(p => p[0], p => p[1]);
        var name = lines.GetValueOrDefault(Model, "unknown");
        return lines.TryGetValue(Family, out var family) ? $"{name} family {family}" : name;
    }
}
