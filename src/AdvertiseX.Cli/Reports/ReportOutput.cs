using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary>Writes a report to standard output or a file.</summary>
internal sealed class ReportOutput(Terminal terminal, ResultFormat format, string? path)
{
    /// <param name="result">The report; CSV and JSON have all of its columns, exact.</param>
    /// <param name="heading">The line above the table: what the report covers.</param>
    /// <param name="table">Makes what people see of it.</param>
    public void Write(QueryResult result, string heading, Func<QueryResult, TextTable> table)
    {
        using var target = path is null ? null : new ReplacedFile(path);
        using (var file = target?.Create())
        {
            var output = file ?? terminal.Output;
            switch (format)
            {
                case ResultFormat.Csv:
                    CsvResultWriter.Write(result, output);
                    break;
                case ResultFormat.Json:
                    JsonResultWriter.Write(result, output);
                    output.Write("\n"u8);
                    break;
                default:
                    using (var text = new StreamWriter(output, leaveOpen: true) { NewLine = "\n" })
                    {
                        var rows = table(result);
                        text.WriteLine(heading);
                        rows.Write(text);
                    }

                    break;
            }
        }

        target?.Complete();
    }
}
