using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Wirepath.Resolver;

/// <summary>A meter's instruments in Prometheus's text format 0.0.4.</summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (Instrument Instrument, SortedDictionary<string, double> Values)> _observed = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (Instrument Instrument, long[] Counts, double Sum)> _histograms = new(StringComparer.Ordinal);

    public PrometheusText(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Observe(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Observe(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    public string Write()
    {
        lock (_lock)
            _observed.Clear();
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_lock)
        {
            foreach ((string name, (Instrument instrument, SortedDictionary<string, double> values)) in _observed)
            {
                bool isCounter = instrument.GetType().Name.StartsWith("ObservableCounter", StringComparison.Ordinal);
                string full = isCounter ? name + "_total" : name;
                Head(text, full, instrument, isCounter ? "counter" : "gauge");
                foreach ((string labels, double value) in values)
                    text.Append(CultureInfo.InvariantCulture, $"{full}{labels} {value}\n");
            }

            foreach ((string name, (Instrument instrument, long[] counts, double sum)) in _histograms)
            {
                Head(text, name, instrument, "histogram");
                long total = 0;
                for (int i = 0; i < counts.Length; i++)
                {
                    total += counts[i];
                    string end = i < ServerCounters.Buckets.Length ? ServerCounters.Buckets[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{end}\"}} {total}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_sum {sum}\n{name}_count {total}\n");
            }
        }

        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, Instrument instrument, string kind)
    {
        if (instrument.Description is { } description)
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {kind}\n");
    }

    // Dots are not letters there; a unit comes behind the name.
    private static string NameOf(Instrument instrument) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit is "s" ? "_seconds" : instrument.Unit is "By" ? "_bytes" : "");

    private void Observe(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string key, object? tag) in tags)
            labels.Append(labels.Length == 0 ? '{' : ',').Append(key).Append("=\"").Append(tag).Append('"');
        if (labels.Length > 0)
            labels.Append('}');
        lock (_lock)
        {
            string name = NameOf(instrument);
            if (!_observed.TryGetValue(name, out (Instrument, SortedDictionary<string, double> Values) known))
                _observed[name] = known = (instrument, new SortedDictionary<string, double>(StringComparer.Ordinal));
            known.Values[labels.ToString()] = value;
        }
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument is not Histogram<double>)
        {
            Observe(instrument, value, tags);
            return;
        }

        lock (_lock)
        {
            string name = NameOf(instrument);
            if (!_histograms.TryGetValue(name, out (Instrument Instrument, long[] Counts, double Sum) known))
                known = (instrument, new long[ServerCounters.Buckets.Length + 1], 0);
            int bucket = Array.BinarySearch(ServerCounters.Buckets, value);
            known.Counts[bucket < 0 ? ~bucket : bucket]++;
            _histograms[name] = known with { Sum = known.Sum + value };
        }
    }
}
